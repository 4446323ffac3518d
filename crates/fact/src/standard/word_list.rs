/// For each first letter (and for any other first character) a bit for each length that a word of a list has. Says
/// of most words at once that they are not in the list.
type Lengths = [u32; 27];

/// A sorted list of lower-case ASCII words shorter than 32 bytes.
pub(super) struct WordList {
    words: &'static [&'static str],
    lengths: Lengths,
}

impl WordList {
    pub(super) const fn new(words: &'static [&'static str]) -> Self {
        let mut lengths = [0; 27];
        let mut at = 0;
        while at < words.len() {
            mark(&mut lengths, words[at].as_bytes());
            at += 1;
        }
        WordList { words, lengths }
    }

    /// Whether the word is in the list.
    pub(super) fn contains(&self, word: &[u8]) -> bool {
        may_hold(&self.lengths, word) && self.words.binary_search_by(|entry| entry.as_bytes().cmp(word)).is_ok()
    }

    #[cfg(test)]
    pub(super) fn words(&self) -> &'static [&'static str] {
        self.words
    }
}

/// Lower-case ASCII words shorter than 32 bytes with what each means, sorted by word.
pub(super) struct WordMap {
    entries: &'static [(&'static str, &'static str)],
    lengths: Lengths,
}

impl WordMap {
    pub(super) const fn new(entries: &'static [(&'static str, &'static str)]) -> Self {
        let mut lengths = [0; 27];
        let mut at = 0;
        while at < entries.len() {
            mark(&mut lengths, entries[at].0.as_bytes());
            at += 1;
        }
        WordMap { entries, lengths }
    }

    /// What the word means, if it is in the map.
    pub(super) fn get(&self, word: &[u8]) -> Option<&'static str> {
        if !may_hold(&self.lengths, word) {
            return None;
        }
        self.entries.binary_search_by(|(entry, _)| entry.as_bytes().cmp(word)).ok().map(|at| self.entries[at].1)
    }

    pub(super) fn entries(&self) -> &'static [(&'static str, &'static str)] {
        self.entries
    }
}

const fn mark(lengths: &mut Lengths, word: &[u8]) {
    if let Some(first) = word.first() {
        lengths[slot(*first)] |= 1 << (word.len() & 31);
    }
}

fn may_hold(lengths: &Lengths, word: &[u8]) -> bool {
    word.len() < 32 && word.first().is_some_and(|first| (lengths[slot(*first)] >> word.len()) & 1 == 1)
}

const fn slot(first: u8) -> usize {
    let letter = first.wrapping_sub(b'a');
    if letter < 26 { letter as usize } else { 26 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found() {
        const MAP: WordMap = WordMap::new(&[("1st", "a"), ("ab", "b"), ("abc", "c"), ("zz", "d")]);
        for (word, meaning) in [
            ("1st", Some("a")),
            ("ab", Some("b")),
            ("abc", Some("c")),
            ("zz", Some("d")),
            ("", None),
            ("ac", None),
            ("z", None),
            ("é", None),
        ] {
            assert_eq!(MAP.get(word.as_bytes()), meaning, "{word}");
        }
        const LIST: WordList = WordList::new(&["ab", "zz"]);
        assert!(LIST.contains(b"ab") && !LIST.contains(b"ac") && !LIST.contains(&[b'a'; 100]));
        assert_eq!((MAP.entries().len(), LIST.words().len()), (4, 2));
    }
}
