//! Codes that names share when they sound alike in English. Letters beyond a to z, with accents or of other scripts, are
//! passed over unless a function says otherwise: give names in ASCII.

mod metaphone;
mod nysiis;
mod soundex;

pub use metaphone::{DoubleMetaphone, double_metaphone};
pub use nysiis::nysiis;
pub use soundex::soundex;
