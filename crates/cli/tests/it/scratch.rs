//! A folder to run the command in, and what a run left.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Three people whom nothing is wrong with.
pub(crate) const GOOD: &str = "\
id,name,email,birth_date
1,Ada Byron,ada@x.example,1985-12-10
2,Grace Hopper,grace@y.example,1976-12-09
3,Mary Shelley,mary@z.example,1987-08-30
";

/// The folder of one test, empty when the test begins.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// With `good.csv` in it.
    pub(crate) fn with_good_file(test: &str) -> Self {
        Self::new(test).file("good.csv", GOOD)
    }

    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), content).unwrap();
        self
    }

    pub(crate) fn folder(self, name: &str) -> Self {
        fs::create_dir(self.path(name)).unwrap();
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onefold"));
        command.current_dir(&self.0).args(arguments.split_whitespace());
        command
    }

    /// Runs the command with arguments apart by spaces.
    pub(crate) fn onefold(&self, arguments: &str) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The rows of a table, by header.
    pub(crate) fn table(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        csv::Reader::from_path(self.path(name)).unwrap().deserialize().map(Result::unwrap).collect()
    }

    /// Each customer of `customers.jsonl`.
    pub(crate) fn customers(&self, out: &str) -> Vec<serde_json::Value> {
        let lines = self.read(&format!("{out}/customers.jsonl"));
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Every file that `unify` wrote, by name.
    pub(crate) fn written(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.path(out)).unwrap().map(Result::unwrap);
        entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
    }
}

/// The repository's committed sample.
pub(crate) fn sample() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data")
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Checks the exit code, and that nothing panicked.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// What was accounted for and what was said to be wrong: the line that counts rows, and the lines below it.
    pub(crate) fn account(&self) -> String {
        let lines = self.stdout.lines().skip_while(|line| !line.starts_with("rows: "));
        lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// Rows read, kept, identical and set aside, as printed.
    pub(crate) fn rows(&self) -> [u64; 4] {
        let account = self.account();
        let (rows, _) = account.split_once(';').unwrap();
        let numbers = rows.split(|c: char| !c.is_ascii_digit() && c != ',').filter(|number| !number.is_empty());
        let numbers: Vec<u64> = numbers.map(|number| number.replace(',', "").parse().unwrap()).collect();
        numbers.try_into().unwrap()
    }
}
