//! The sources: each turns people into its own rows, and tells which person records they make.

mod crm;
mod newsletter;
mod shop;
mod support;
mod web;

pub(crate) use crm::Crm;
pub(crate) use newsletter::Newsletter;
pub(crate) use shop::{Order, Shop};
pub(crate) use support::Support;
pub(crate) use web::{Presence, Web};

use std::path::Path;

use crate::error::SampleError;
use crate::random::Random;
use crate::sheet::Sheet;

/// Streams of the seed that no household uses: the order of rows of each file.
const FIRST_SHEET_STREAM: u64 = 1 << 60;

/// Creates a file of the sample; its name decides its order, so a file more changes no other.
pub(crate) fn sheet(folder: &Path, name: &str, header: &[u8], seed: u64) -> Result<Sheet, SampleError> {
    let stream = FIRST_SHEET_STREAM | crate::world::hash(&[name]) >> 4;
    Sheet::create(folder.join(name), header, Random::new(seed, stream))
}
