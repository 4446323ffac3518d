//! How well public data with known truth is deduplicated, without labels: floors that no change may fall through.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use onefold::connect::SourceFile;
use onefold::identity::{Decisions, Evaluation};
use onefold::{Dedupe, DedupeOptions, Silent};

/// A public data set, and what is to be reached on it.
struct Case {
    files: &'static [&'static str],
    id: &'static str,
    ignore: &'static [&'static str],
    /// The column of the truth; of an id `rec-7-dup-1` the number.
    truth: &'static str,
    least_f1: f64,
}

const CASES: [Case; 4] = [
    Case { files: &["historical_50k.csv"], id: "unique_id", ignore: &["cluster"], truth: "cluster", least_f1: 0.945 },
    Case { files: &["fake_1000.csv"], id: "unique_id", ignore: &["cluster"], truth: "cluster", least_f1: 0.974 },
    Case { files: &["febrl3.csv"], id: "rec_id", ignore: &[], truth: "rec_id", least_f1: 0.999 },
    Case { files: &["febrl4a.csv", "febrl4b.csv"], id: "rec_id", ignore: &[], truth: "rec_id", least_f1: 0.9995 },
];

/// The folder of the public data, if there is one.
fn data() -> Option<PathBuf> {
    std::env::var_os("ONEFOLD_DATA").map(PathBuf::from).filter(|folder| folder.is_dir())
}

/// Catches a comparison, a key, a weight or a clustering that stopped working where the committed sample does not show it.
#[test]
fn public_data_is_deduplicated_well() {
    let Some(folder) = data() else {
        println!("skipped: set ONEFOLD_DATA to the folder of the public data (docs/accuracy.md names their sources)");
        return;
    };
    for case in CASES {
        let (clusters, truth) = deduplicate(&folder, &case);
        let reached = Evaluation::of(clusters.iter().map(|(row, cluster)| (cluster.clone(), truth[row].clone())));
        println!(
            "{:?}: precision {:.4}, recall {:.4}, F1 {:.4}, B³ {:.4}",
            case.files,
            reached.precision(),
            reached.recall(),
            reached.f1(),
            reached.b_cubed_f1()
        );
        assert!(reached.f1() >= case.least_f1, "{:?}: F1 {:.4}", case.files, reached.f1());
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        if let [file] = case.files {
            let reversed = reversed(&folder.join(file));
            let found = deduplicate(&reversed, &case).0;
            std::fs::remove_dir_all(&reversed).expect("the copy");
            assert!(found == clusters, "{file}: the order of rows shows");
        }
        if case.files.len() > 1 || case.files == ["fake_1000.csv"] {
            let alone = one.install(|| deduplicate(&folder, &case).0);
            assert_eq!(alone, clusters, "{:?} with one thread", case.files);
        }
    }
}

/// A folder with a copy of a file, its rows from last to first.
fn reversed(file: &Path) -> PathBuf {
    let text = std::fs::read_to_string(file).expect("the file");
    let (header, rows) = text.split_once('\n').expect("a header");
    let rows: Vec<&str> = rows.lines().rev().collect();
    let name = file.file_name().expect("a name");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reversed").join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(name), format!("{header}\n{}\n", rows.join("\n"))).expect("the copy");
    folder
}

/// By source and id: the cluster, and the truth.
type ByRow = BTreeMap<(String, String), String>;

fn deduplicate(folder: &Path, case: &Case) -> (ByRow, ByRow) {
    let files: Vec<SourceFile> = case.files.iter().map(|file| SourceFile::new(folder.join(file))).collect();
    let options = DedupeOptions {
        id: Some(case.id.to_owned()),
        ignore: case.ignore.iter().map(|column| (*column).to_owned()).collect(),
        duplicate_free: files.len() > 1,
        ..DedupeOptions::default()
    };
    let rows = Dedupe::read(&files, &options, &mut Silent).expect("the rows").prepare();
    let linker = rows.linker(&mut Silent);
    let (model, _) = linker.train().expect("a model");
    let linkage = linker.link(&model, &Decisions::default(), &mut Silent);
    let mut table = Vec::new();
    rows.clusters(&linkage).write(&mut table).expect("the clusters");
    let clusters = by_row(&table, case.id, "cluster_id", None);
    let mut truth = ByRow::new();
    for file in case.files {
        let text = std::fs::read(folder.join(file)).expect("the file");
        let source = file.trim_end_matches(".csv");
        truth.extend(by_row(&text, case.id, case.truth, Some(source)));
    }
    (clusters, truth)
}

fn by_row(table: &[u8], id: &str, value: &str, source: Option<&str>) -> ByRow {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table);
    let header = reader.headers().expect("a header").clone();
    let at = |name: &str| header.iter().position(|column| column == name);
    let (id_at, value_at) = (at(id).expect("the id"), at(value).expect("the value"));
    let party = |value: &str| match value.split('-').nth(1).filter(|_| value.starts_with("rec-") && source.is_some()) {
        Some(number) => number.to_owned(),
        None => value.to_owned(),
    };
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.map(|row| {
        let source = source.or_else(|| row.get(at("source")?)).unwrap_or_default();
        ((source.to_owned(), row[id_at].to_owned()), party(&row[value_at]))
    })
    .collect()
}
