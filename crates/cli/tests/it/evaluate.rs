//! `onefold evaluate`: measures, joins and errors.

use crate::scratch::Scratch;

const CLUSTERS: &str = "id,source,cluster_id\nrec-1-org,a,1\nrec-1-dup-0,a,1\nrec-2-org,a,1\nrec-2-dup-0,a,4\nx,a,5\n";

#[test]
fn closed_pairs_and_b_cubed_are_measured() {
    let scratch = Scratch::new("evaluate")
        .file("clusters.csv", CLUSTERS)
        .file("truth.csv", "id,person\nrec-1-org,1\nrec-1-dup-0,1\nrec-2-org,2\nrec-2-dup-0,2\nrec-3-org,3\n");
    let run = scratch.onefold("evaluate clusters.csv --truth truth.csv --truth-column person --id id").ends_with(0);
    insta::assert_snapshot!(run.stdout, @r"
    4 records, joined by id
      1 rows of the clusters have no truth and do not count
      1 rows of the truth have no cluster and do not count
    closed pairs  precision 0.3333  recall 0.5000  F1 0.4000  (3 found, 2 true, 1 both)
    B³            precision 0.6667  recall 0.7500  F1 0.7059
    ");
    let run = scratch
        .onefold("evaluate clusters.csv --truth truth.csv --truth-column id --truth-between rec- - --id id --json")
        .ends_with(0);
    let said: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(said["closed_pairs"]["correct"], 1);
    assert_eq!(said["closed_pairs"]["f1"], 0.4);
}

#[test]
fn several_files_of_truth_are_joined_by_source_too() {
    let scratch = Scratch::new("evaluate-sources")
        .file("clusters.csv", "id,source,cluster_id\n1,a,a:1\n1,b,a:1\n2,a,a:2\n2,b,b:2\n")
        .file("a.csv", "id,person\n1,p\n2,q\n")
        .file("b.csv", "id,person\n1,p\n2,q\n")
        .file(
            "pairs.csv",
            "id_l,source_l,id_r,source_r,match_weight,match_probability\n1,a,1,b,5,0.97\n1,a,2,b,1,0.667\n",
        );
    let call =
        "evaluate clusters.csv --truth a.csv --truth b.csv --truth-column person --id id --pairs pairs.csv --json";
    let said: serde_json::Value = serde_json::from_str(&scratch.onefold(call).ends_with(0).stdout).unwrap();
    assert_eq!((&said["records"], &said["joined_by_source"]), (&4.into(), &true.into()));
    let pairs = said["pairs"].as_array().unwrap();
    let at = |threshold: f64| pairs.iter().find(|at| at["threshold"] == threshold).unwrap();
    assert_eq!((&at(0.5)["pairs"], &at(0.5)["correct"]), (&2.into(), &1.into()));
    assert_eq!((&at(0.9)["precision"], &at(0.9)["recall"]), (&1.0.into(), &0.5.into()));
}

#[test]
fn a_wrong_column_is_an_error_that_helps() {
    let scratch = Scratch::new("evaluate-wrong").file("clusters.csv", CLUSTERS).file("truth.csv", "id,person\n9,1\n");
    let said = |call: &str| scratch.onefold(call).ends_with(1).stderr;
    insta::assert_snapshot!(said("evaluate clusters.csv --truth truth.csv --truth-column persn --id id"), @"error: `truth.csv` has no column `persn`; did you mean `person`?");
    insta::assert_snapshot!(said("evaluate clusters.csv --truth truth.csv --truth-column person --id id"), @"error: no row of `clusters.csv` has an id with a truth; expected the same ids in the columns `id` of both");
}
