//! `cargo bench -p onefold-benches --bench similarity`: string metrics, ours beside `rapidfuzz` and `strsim`.
//!
//! Each input is 1,000 pairs of distinct values from the samples: mostly of strangers, as candidate pairs of a
//! linkage are, every fourth a value and its misspelling. Time is that of a pair. `rapidfuzz` gets bytes where all is
//! ASCII and characters elsewhere; its batch comparator stands beside our prepared text, one meeting 1,000.

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use onefold::identity::similarity::{self, Prepared};
use onefold_benches::{Result, Sample};
use rapidfuzz::distance::{jaro_winkler, levenshtein, osa};

/// Pairs of an input.
const PAIRS: usize = 1_000;
/// Least similarities; `0.0` is none.
const CUTOFFS: [f64; 4] = [0.92, 0.88, 0.7, 0.0];
/// Greatest distances; the last is none.
const SLIPS: [usize; 2] = [2, usize::MAX];

fn main() -> Result<()> {
    onefold_benches::run(|criterion| {
        let people = Sample::of(10_000, env!("CARGO_TARGET_TMPDIR"))?.people()?;
        let column = |at| -> Vec<String> { people.column(at).map(str::to_lowercase).collect() };
        let (given, family, street) = (column(0), column(1), column(5));
        let ascii: Vec<String> = family.iter().filter(|name| name.is_ascii()).cloned().collect();
        let sized = |texts: &[String], lengths: std::ops::RangeInclusive<usize>| -> Vec<String> {
            texts.iter().filter(|text| lengths.contains(&text.chars().count())).cloned().collect()
        };
        let full: Vec<String> = given.iter().zip(&family).map(|(given, family)| format!("{given} {family}")).collect();
        let full_ascii: Vec<String> = full.iter().filter(|name| name.is_ascii()).cloned().collect();
        let streets: Vec<String> = street.into_iter().filter(|street| street.is_ascii()).collect();
        let streets = streets.iter().zip(streets.iter().rev()).map(|(a, b)| format!("{a}, {b}")).collect::<Vec<_>>();
        let cyrillic: Vec<String> = ascii.iter().map(|name| name.chars().map(in_cyrillic).collect()).collect();
        let accented: Vec<String> = ascii.iter().map(|name| name.replace(['a', 'e'], "é").replace('o', "ø")).collect();
        for (name, texts) in [
            ("names", ascii.clone()),
            ("names-8", sized(&ascii, 8..=8)),
            ("names-13", sized(&full_ascii, 13..=13)),
            ("full-names", sized(&full_ascii, 12..=18)),
            ("addresses", sized(&streets, 26..=36)),
            ("accented", accented),
            ("cyrillic", cyrillic),
        ] {
            measure(criterion, name, &pairs(texts));
        }
        Ok(())
    })
}

/// Another letter for each of a to z.
fn in_cyrillic(letter: char) -> char {
    match letter {
        'a'..='z' => char::from_u32(u32::from(letter) - u32::from('a') + u32::from('а')).unwrap_or(letter),
        other => other,
    }
}

/// Distinct texts in pairs that do not sort together; every fourth with a misspelling of itself.
fn pairs(mut texts: Vec<String>) -> Vec<(String, String)> {
    texts.sort();
    texts.dedup();
    let count = texts.len().max(1);
    let at = |place: usize| texts.get(place % count).cloned().unwrap_or_default();
    let pair = |place: usize| {
        let text = at(place.wrapping_mul(7_919));
        let other = if place.is_multiple_of(4) { misspelt(&text, place) } else { at(place.wrapping_mul(104_729) + 1) };
        (text, other)
    };
    (0..PAIRS).map(pair).collect()
}

fn misspelt(text: &str, place: usize) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let at = (place / 4) % characters.len().saturating_sub(1).max(1);
    match place % 3 {
        0 if characters.len() > 1 => characters.swap(at, at + 1),
        1 if characters.len() > 1 => drop(characters.remove(at)),
        _ => characters.insert(at, 'e'),
    }
    characters.into_iter().collect()
}

fn measure(criterion: &mut Criterion, name: &str, pairs: &[(String, String)]) {
    let ascii = pairs.iter().all(|(a, b)| a.is_ascii() && b.is_ascii());
    for cutoff in CUTOFFS {
        let mut group = criterion.benchmark_group(format!("jaro-winkler/{name}/{cutoff}"));
        group.throughput(Throughput::Elements(pairs.len() as u64));
        let args = jaro_winkler::Args::default().score_cutoff(cutoff);
        run(&mut group, "onefold", pairs, |a, b| similarity::jaro_winkler_within(a, b, cutoff).is_some());
        if ascii {
            run(&mut group, "rapidfuzz", pairs, |a, b| {
                jaro_winkler::similarity_with_args(a.bytes(), b.bytes(), &args).is_some()
            });
        } else {
            run(&mut group, "rapidfuzz", pairs, |a, b| {
                jaro_winkler::similarity_with_args(a.chars(), b.chars(), &args).is_some()
            });
        }
        run(&mut group, "strsim", pairs, |a, b| strsim::jaro_winkler(a, b) >= cutoff);
        batch(&mut group, "onefold-prepared", pairs, Prepared::new, |one, b| {
            one.jaro_winkler_within(b, cutoff).is_some()
        });
        if ascii {
            batch(
                &mut group,
                "rapidfuzz-batch",
                pairs,
                |a| jaro_winkler::BatchComparator::new(a.bytes()),
                |one, b| one.similarity_with_args(b.bytes(), &args).is_some(),
            );
        } else {
            batch(
                &mut group,
                "rapidfuzz-batch",
                pairs,
                |a| jaro_winkler::BatchComparator::new(a.chars()),
                |one, b| one.similarity_with_args(b.chars(), &args).is_some(),
            );
        }
        group.finish();
    }
    for max in SLIPS {
        let label = if max == usize::MAX { "none".to_owned() } else { max.to_string() };
        let mut group = criterion.benchmark_group(format!("levenshtein/{name}/{label}"));
        group.throughput(Throughput::Elements(pairs.len() as u64));
        let args = levenshtein::Args::default().score_cutoff(max);
        run(&mut group, "onefold", pairs, |a, b| similarity::levenshtein_within(a, b, max).is_some());
        if ascii {
            run(&mut group, "rapidfuzz", pairs, |a, b| {
                levenshtein::distance_with_args(a.bytes(), b.bytes(), &args).is_some()
            });
        } else {
            run(&mut group, "rapidfuzz", pairs, |a, b| {
                levenshtein::distance_with_args(a.chars(), b.chars(), &args).is_some()
            });
        }
        run(&mut group, "strsim", pairs, |a, b| strsim::levenshtein(a, b) <= max);
        batch(&mut group, "onefold-prepared", pairs, Prepared::new, |one, b| one.levenshtein_within(b, max).is_some());
        if ascii {
            batch(
                &mut group,
                "rapidfuzz-batch",
                pairs,
                |a| levenshtein::BatchComparator::new(a.bytes()),
                |one, b| one.distance_with_args(b.bytes(), &args).is_some(),
            );
        } else {
            batch(
                &mut group,
                "rapidfuzz-batch",
                pairs,
                |a| levenshtein::BatchComparator::new(a.chars()),
                |one, b| one.distance_with_args(b.chars(), &args).is_some(),
            );
        }
        group.finish();
    }
    let mut group = criterion.benchmark_group(format!("osa/{name}/2"));
    group.throughput(Throughput::Elements(pairs.len() as u64));
    let args = osa::Args::default().score_cutoff(2);
    run(&mut group, "onefold", pairs, |a, b| similarity::osa_within(a, b, 2).is_some());
    if ascii {
        run(&mut group, "rapidfuzz", pairs, |a, b| osa::distance_with_args(a.bytes(), b.bytes(), &args).is_some());
    } else {
        run(&mut group, "rapidfuzz", pairs, |a, b| osa::distance_with_args(a.chars(), b.chars(), &args).is_some());
    }
    run(&mut group, "strsim", pairs, |a, b| strsim::osa_distance(a, b) <= 2);
    group.finish();
}

/// Measures a comparison of each pair.
fn run(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    pairs: &[(String, String)],
    compare: impl Fn(&str, &str) -> bool,
) {
    group.bench_function(name, |bencher| {
        bencher.iter(|| pairs.iter().filter(|(a, b)| compare(black_box(a), black_box(b))).count());
    });
}

/// Measures a prepared text that meets all others, the preparation included.
fn batch<P>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    pairs: &[(String, String)],
    prepare: impl Fn(&str) -> P,
    compare: impl Fn(&P, &str) -> bool,
) {
    let Some((first, _)) = pairs.get(pairs.len() / 2) else { return };
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            let one = prepare(black_box(first));
            pairs.iter().filter(|(_, b)| compare(&one, black_box(b))).count()
        });
    });
}
