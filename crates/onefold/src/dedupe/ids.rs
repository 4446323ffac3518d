//! [`Ids`]: what each row is called.

use std::cmp::Ordering;

/// The ids of all rows, end to end in one buffer.
#[derive(Debug, Default)]
pub(super) struct Ids {
    text: String,
    ends: Vec<usize>,
}

impl Ids {
    pub(super) fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }

    pub(super) fn get(&self, record: u32) -> &str {
        let at = record as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.text.get(start..*end)).unwrap_or("")
    }

    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }
}

/// The order of ids, in which the smallest member names a cluster: whole numbers by their value, before all else by
/// text. Numbers do not mix with text, or the smallest of three could depend on which two are compared first.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    match (a.parse::<i128>(), b.parse::<i128>()) {
        (Ok(x), Ok(y)) => x.cmp(&y).then_with(|| a.cmp(b)),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_as_they_went_in() {
        let mut ids = Ids::default();
        ["17", "", "a-1"].into_iter().for_each(|id| ids.push(id));
        assert_eq!([ids.get(0), ids.get(1), ids.get(2), ids.get(3)], ["17", "", "a-1", ""]);
        assert_eq!(ids.len(), 3);
    }

    /// Catches a comparison by number of two numbers and by text of all else, which goes in a circle.
    #[test]
    fn the_order_of_ids_is_total() {
        let sorted = ["-3", "7", "07x", "1a", "9", "10", "", "a"];
        let mut ids = sorted.to_vec();
        ids.sort_by(|a, b| order(a, b));
        assert_eq!(ids, ["-3", "7", "9", "10", "", "07x", "1a", "a"]);
        assert_eq!(order("07", "7"), Ordering::Less);
    }
}
