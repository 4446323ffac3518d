//! [`Encoding`]: from the bytes of a file to UTF-8.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{CoderResult, Decoder};
use serde::{Deserialize, Serialize};

/// How the bytes of a file stand for letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252, of which Latin-1 is a part.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// UTF-16, low byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
}

impl Encoding {
    /// The name as written in a mapping: `windows-1252`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Windows1252 => "windows-1252",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
        }
    }
}

/// So much of a file is looked at before its encoding is decided; more if it is all ASCII, which decides nothing.
const PREFIX: usize = 1 << 20;

/// A file whose letters beyond ASCII are this much oftener valid UTF-8 than not is UTF-8 with broken places.
const MOSTLY: usize = 10;

/// The encoding of a file from its bytes: a byte order mark decides, else whether the letters beyond ASCII are valid
/// UTF-8. Reading goes on until there are any. The message says why the encoding is doubtful, if it is.
pub(super) fn detect(file: &mut File) -> io::Result<(Encoding, Option<String>)> {
    let mut bytes = vec![0; PREFIX];
    let mut first = true;
    let (mut valid, mut invalid) = (0_usize, 0_usize);
    let mut carried = 0;
    loop {
        let length = carried + fill(file, bytes.get_mut(carried..).unwrap_or_default())?;
        let chunk = bytes.get(..length).unwrap_or_default();
        if first {
            match chunk {
                [0xEF, 0xBB, 0xBF, ..] => return Ok((Encoding::Utf8, None)),
                [0xFF, 0xFE, ..] => return Ok((Encoding::Utf16Le, None)),
                [0xFE, 0xFF, ..] => return Ok((Encoding::Utf16Be, None)),
                _ => first = false,
            }
        }
        let mut incomplete = 0;
        if !chunk.is_ascii() {
            for piece in chunk.utf8_chunks() {
                valid += piece.valid().bytes().filter(|byte| *byte >= 0xC0).count();
                invalid += usize::from(!piece.invalid().is_empty());
            }
            // The chunk may end inside a letter.
            if let Err(error) = std::str::from_utf8(chunk)
                && error.error_len().is_none()
            {
                incomplete = chunk.len() - error.valid_up_to();
                invalid -= 1;
            }
        }
        let end = length < bytes.len();
        if end || valid + invalid > 0 {
            invalid += usize::from(end && incomplete > 0);
            // Where the file is UTF-8 with broken places, each of these is reported.
            if invalid == 0 || valid > MOSTLY * invalid {
                return Ok((Encoding::Utf8, None));
            }
            return Ok((Encoding::Windows1252, doubt(chunk, valid, invalid)));
        }
        bytes.copy_within(length - incomplete..length, 0);
        carried = incomplete;
    }
}

/// Why it is doubtful that these bytes, which are not UTF-8, are Windows-1252.
fn doubt(bytes: &[u8], valid: usize, invalid: usize) -> Option<String> {
    let undefined = |byte: &u8| matches!(byte, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D);
    let why = if valid > 0 {
        format!("has places that only UTF-8 explains ({valid}) and bytes that are not UTF-8 ({invalid})")
    } else if bytes.iter().any(undefined) {
        "has bytes that are neither UTF-8 nor defined in Windows-1252".to_owned()
    } else {
        return None;
    };
    Some(format!("{why}; read as `windows-1252`, expected one encoding, or `encoding` in the mapping to decide"))
}

fn fill(file: &mut File, mut bytes: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while !bytes.is_empty() {
        match file.read(bytes) {
            Ok(0) => break,
            Ok(read) => {
                filled += read;
                bytes = bytes.get_mut(read..).unwrap_or_default();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The file from its beginning as UTF-8, without byte order mark. A file in UTF-8 is passed through as it stands, broken
/// places included, so that they can be found; of the other encodings broken places become replacement characters.
pub(super) fn decoded(mut file: File, encoding: Encoding) -> io::Result<Box<dyn Read>> {
    let mut mark = [0; 3];
    file.seek(SeekFrom::Start(0))?;
    let read = fill(&mut file, &mut mark)?;
    let skip = match mark.get(..read) {
        Some([0xEF, 0xBB, 0xBF]) if encoding == Encoding::Utf8 => 3,
        Some([0xFF, 0xFE, ..]) if encoding == Encoding::Utf16Le => 2,
        Some([0xFE, 0xFF, ..]) if encoding == Encoding::Utf16Be => 2,
        _ => 0,
    };
    file.seek(SeekFrom::Start(skip))?;
    let decoder = match encoding {
        Encoding::Utf8 => return Ok(Box::new(file)),
        Encoding::Windows1252 => encoding_rs::WINDOWS_1252.new_decoder_without_bom_handling(),
        Encoding::Utf16Le => encoding_rs::UTF_16LE.new_decoder_without_bom_handling(),
        Encoding::Utf16Be => encoding_rs::UTF_16BE.new_decoder_without_bom_handling(),
    };
    Ok(Box::new(Decoding { file, decoder, raw: vec![0; 64 << 10], start: 0, end: 0, last: false, done: false }))
}

struct Decoding {
    file: File,
    decoder: Decoder,
    raw: Vec<u8>,
    start: usize,
    end: usize,
    last: bool,
    done: bool,
}

impl Read for Decoding {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // A letter takes up to four bytes; callers give chunks, never less.
        if out.len() < 16 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        while !self.done {
            if self.start == self.end && !self.last {
                self.start = 0;
                self.end = fill(&mut self.file, &mut self.raw)?;
                self.last = self.end < self.raw.len();
            }
            let raw = self.raw.get(self.start..self.end).unwrap_or_default();
            let (result, read, written, _) = self.decoder.decode_to_utf8(raw, out, self.last);
            self.start += read;
            self.done = self.last && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
