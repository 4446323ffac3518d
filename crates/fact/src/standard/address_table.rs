//! The words of street addresses and what they are short for. All folded, all sorted.

use super::word_list::{WordList, WordMap};

/// Abbreviations of words in street names, with the word in full. `st` is not here: it is a street or a saint.
///
/// English ones follow the usage of the post, the others that of street signs. `avenida` and `avenue` share the
/// abbreviation `av` and therefore one form.
#[rustfmt::skip]
pub(super) static ABBREVIATIONS: WordMap = WordMap::new(&[
    ("al", "aleja"), ("all", "allee"), ("aly", "alley"), ("av", "avenue"), ("avd", "avenue"),
    ("avda", "avenue"), ("ave", "avenue"), ("aven", "avenue"), ("avenida", "avenue"),
    ("bd", "boulevard"), ("bld", "boulevard"), ("blvd", "boulevard"), ("boul", "boulevard"),
    ("br", "bridge"), ("bulv", "boulevard"), ("center", "centre"), ("ch", "chemin"),
    ("che", "chemin"), ("chem", "chemin"), ("cir", "circle"), ("cl", "close"), ("cmn", "common"),
    ("cnr", "corner"), ("cor", "corner"), ("cr", "crescent"), ("cres", "crescent"),
    ("crt", "court"), ("cswy", "causeway"), ("ct", "court"), ("ctr", "centre"),
    ("ctra", "carretera"), ("dr", "drive"), ("drv", "drive"), ("espl", "esplanade"),
    ("est", "estate"), ("expy", "expressway"), ("ext", "extension"), ("fbg", "faubourg"),
    ("fg", "faubourg"), ("ft", "fort"), ("fwy", "freeway"), ("gdn", "garden"),
    ("gdns", "gardens"), ("gr", "grove"), ("grn", "green"), ("grv", "grove"), ("gt", "great"),
    ("hbr", "harbour"), ("hl", "hill"), ("hts", "heights"), ("hwy", "highway"),
    ("imp", "impasse"), ("jct", "junction"), ("ln", "lane"), ("lwr", "lower"), ("mdw", "meadow"),
    ("mdws", "meadows"), ("mnr", "manor"), ("mt", "mount"), ("mtn", "mountain"), ("pd", "parade"),
    ("pde", "parade"), ("pk", "park"), ("pkwy", "parkway"), ("pky", "parkway"), ("pl", "place"),
    ("plz", "plaza"), ("prom", "promenade"), ("psge", "passage"), ("pt", "point"),
    ("pza", "plaza"), ("rd", "road"), ("rdg", "ridge"), ("res", "residence"), ("rte", "route"),
    ("sq", "square"), ("str", "strasse"), ("tce", "terrace"), ("ter", "terrace"),
    ("terr", "terrace"), ("tpke", "turnpike"), ("tr", "trail"), ("trl", "trail"), ("ul", "ulica"),
    ("upr", "upper"), ("vle", "viale"), ("vlg", "village"), ("vw", "view"), ("wy", "way"),
    ("xing", "crossing"),
]);

/// Words that say street, in full.
#[rustfmt::skip]
pub(super) static STREET_WORDS: WordList = WordList::new(&[
    "aleja", "allee", "alley", "avenue", "boulevard", "bridge", "calle", "carretera", "causeway", "centre", "chemin",
    "circle", "close", "common", "corner", "corso", "cours", "court", "crescent", "crossing", "damm", "drive",
    "esplanade", "estate", "expressway", "faubourg", "freeway", "garden", "gardens", "gasse", "gate", "green",
    "grove", "harbour", "heights", "highway", "hill", "impasse", "junction", "laan", "lane", "largo", "manor",
    "meadow", "meadows", "mews", "parade", "park", "parkway", "passage", "piazza", "place", "plaza", "point", "praca",
    "promenade", "quai", "residence", "ridge", "ring", "road", "route", "row", "rua", "rue", "ruelle", "square",
    "straat", "strasse", "street", "terrace", "trail", "travessa", "turnpike", "ulica", "via", "viale", "vicolo",
    "view", "village", "walk", "way", "weg",
]);

/// Points of the compass, which count as such only as the first or last word of a street's name.
#[rustfmt::skip]
pub(super) static DIRECTIONS: WordMap = WordMap::new(&[
    ("e", "east"), ("n", "north"), ("ne", "northeast"), ("nw", "northwest"), ("s", "south"), ("se", "southeast"),
    ("sw", "southwest"), ("w", "west"),
]);

/// Words before the number of a flat, office or room.
#[rustfmt::skip]
pub(super) static UNITS: WordList = WordList::new(&[
    "apartment", "app", "appartement", "appt", "apt", "bldg", "block", "building", "dept",
    "etage", "fl", "flat", "floor", "lot", "office", "piso", "puerta", "rm", "room", "shop",
    "spc", "ste", "stock", "suite", "top", "unit", "villa", "whg", "wohnung",
]);

/// Words before a house number that only say that one follows.
#[rustfmt::skip]
pub(super) static NUMBER_SIGNS: WordList = WordList::new(&["hausnr", "hnr", "n", "no", "nr", "nro", "num", "number", "numero", "nummer"]);

/// Street words whose number is part of their name: `Route 66`.
#[rustfmt::skip]
pub(super) static NUMBERED: WordList = WordList::new(&["highway", "hwy", "route", "rte"]);

/// Words that begin the name of a post box, each as the words that follow one another.
#[rustfmt::skip]
pub(super) const POST_BOXES: &[&[&str]] = &[
    &["p", "o", "box"], &["po", "box"], &["post", "office", "box"], &["gpo", "box"], &["pobox"], &["pob"], &["postbox"],
    &["post", "box"], &["postfach"], &["postbus"], &["boite", "postale"], &["bp"], &["apartado", "de", "correos"], &["apartado"],
    &["casella", "postale"], &["caixa", "postal"],
];
