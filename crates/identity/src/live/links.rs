//! [`Links`]: which records may be one party by their own evidence.

/// By record: the records it has evidence with, in bits beyond the threshold.
#[derive(Debug, Default)]
pub(super) struct Links(Vec<Vec<(u32, f32)>>);

impl Links {
    pub(super) fn of(&self, record: u32) -> &[(u32, f32)] {
        self.0.get(record as usize).map_or(&[], Vec::as_slice)
    }

    /// Links two records; a link that is there already is not doubled.
    pub(super) fn add(&mut self, a: u32, b: u32, bits: f64) {
        let most = a.max(b) as usize;
        if most >= self.0.len() {
            self.0.resize_with(most + 1, Vec::new);
        }
        // What is above the threshold stays above it, however little.
        let bits = if bits > 0.0 { f32::max(bits as f32, f32::MIN_POSITIVE) } else { f32::min(bits as f32, 0.0) };
        for (one, other) in [(a, b), (b, a)] {
            let of_one = &mut self.0[one as usize];
            match of_one.iter_mut().find(|(known, _)| *known == other) {
                Some(known) => known.1 = bits,
                None => of_one.push((other, bits)),
            }
        }
    }

    pub(super) fn remove(&mut self, a: u32, b: u32) {
        for (one, other) in [(a, b), (b, a)] {
            if let Some(of_one) = self.0.get_mut(one as usize) {
                of_one.retain(|(known, _)| *known != other);
            }
        }
    }

    /// Takes all links of a record away, and gives them back.
    pub(super) fn clear(&mut self, record: u32) -> Vec<(u32, f32)> {
        let links = self.0.get_mut(record as usize).map(std::mem::take).unwrap_or_default();
        for (other, _) in &links {
            if let Some(of_other) = self.0.get_mut(*other as usize) {
                of_other.retain(|(known, _)| *known != record);
            }
        }
        links
    }
}
