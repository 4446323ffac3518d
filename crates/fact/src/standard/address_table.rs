//! The words of street addresses and what they are short for. All folded, all sorted.

use super::word_list::{WordList, WordMap};

/// Abbreviations of words in street names, with the word in full. `st` is not here: it is a street or a saint.
///
/// English ones follow the usage of the post, the others that of street signs. `avenida` and `avenue` share the
/// abbreviation `av` and therefore one form, and so do `plaza` and `place`, `rua` and `rue`.
#[rustfmt::skip]
pub(super) static ABBREVIATIONS: WordMap = WordMap::new(&[
    ("al", "aleja"), ("aleje", "aleja"), ("all", "allee"), ("aly", "alley"), ("av", "avenue"), ("avd", "avenue"),
    ("avda", "avenue"), ("ave", "avenue"), ("aven", "avenue"), ("avenida", "avenue"), ("avinguda", "avenue"),
    ("bd", "boulevard"), ("bld", "boulevard"), ("blvd", "boulevard"), ("boul", "boulevard"), ("br", "bridge"),
    ("bulv", "boulevard"), ("cad", "caddesi"), ("cd", "caddesi"), ("center", "centre"), ("ch", "chemin"),
    ("che", "chemin"), ("chem", "chemin"), ("cir", "circle"), ("cl", "close"), ("cmn", "common"), ("cnr", "corner"),
    ("cor", "corner"), ("cr", "crescent"), ("cres", "crescent"), ("crt", "court"), ("cswy", "causeway"),
    ("ct", "court"), ("ctr", "centre"), ("ctra", "carretera"), ("dr", "drive"), ("drv", "drive"), ("eighth", "8th"),
    ("espl", "esplanade"), ("est", "estate"), ("expy", "expressway"), ("ext", "extension"), ("fbg", "faubourg"),
    ("fg", "faubourg"), ("fifth", "5th"), ("first", "1st"), ("fourth", "4th"), ("ft", "fort"), ("fwy", "freeway"),
    ("gdn", "garden"), ("gdns", "gardens"), ("gr", "grove"), ("grn", "green"), ("grv", "grove"), ("gt", "great"),
    ("hbr", "harbour"), ("hl", "hill"), ("hts", "heights"), ("hwy", "highway"), ("imp", "impasse"),
    ("jct", "junction"), ("ln", "lane"), ("lwr", "lower"), ("mdw", "meadow"), ("mdws", "meadows"), ("mnr", "manor"),
    ("mt", "mount"), ("mtn", "mountain"), ("ninth", "9th"), ("pca", "place"), ("pd", "parade"), ("pde", "parade"),
    ("piazza", "place"), ("pk", "park"), ("pkwy", "parkway"), ("pky", "parkway"), ("pl", "place"),
    ("placa", "place"), ("plaza", "place"), ("plz", "place"), ("praca", "place"), ("prom", "promenade"),
    ("psge", "passage"), ("pso", "paseo"), ("pt", "point"), ("pza", "place"), ("pzza", "place"), ("rd", "road"),
    ("rdg", "ridge"), ("res", "residence"), ("rte", "route"), ("rua", "rue"), ("second", "2nd"), ("seventh", "7th"),
    ("sixth", "6th"), ("sok", "sokak"), ("sokagi", "sokak"), ("sq", "square"), ("str", "strasse"),
    ("tce", "terrace"), ("tenth", "10th"), ("ter", "terrace"), ("terr", "terrace"), ("third", "3rd"),
    ("tpke", "turnpike"), ("tr", "trail"), ("trav", "travessa"), ("trl", "trail"), ("tv", "travessa"),
    ("ul", "ulica"), ("ulitsa", "ulica"), ("upr", "upper"), ("vle", "viale"), ("vlg", "village"), ("vw", "view"),
    ("wy", "way"), ("xing", "crossing"),
]);

/// Words that say street, in full.
#[rustfmt::skip]
pub(super) static STREET_WORDS: WordList = WordList::new(&[
    "aleja", "allee", "alley", "avenue", "boulevard", "bridge", "caddesi", "calle", "carretera", "causeway",
    "centre", "cesta", "chemin", "circle", "close", "common", "corner", "corso", "cours", "court", "crescent",
    "crossing", "damm", "drive", "esplanade", "estate", "expressway", "faubourg", "freeway", "garden", "gardens",
    "gasse", "gate", "green", "grove", "harbour", "heights", "highway", "hill", "impasse", "junction", "laan",
    "lane", "largo", "manor", "meadow", "meadows", "mews", "parade", "park", "parkway", "paseo", "passage",
    "piazza", "place", "plaza", "point", "praca", "promenade", "prospekt", "quai", "rambla", "residence", "ridge",
    "ring", "road", "ronda", "route", "row", "rua", "rue", "ruelle", "sokak", "square", "straat", "strada",
    "strasse", "street", "terrace", "trail", "travessa", "turnpike", "ulica", "utca", "vej", "via", "viale",
    "vicolo", "view", "village", "walk", "way", "weg",
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
    "ap", "apart", "apartment", "app", "appart", "appartement", "appt", "apt", "aptdo", "apto", "bat", "batiment",
    "bl", "bldg", "block", "boite", "bte", "building", "bus", "dept", "door", "esc", "escalera", "escalier",
    "etage", "fl", "flat", "floor", "int", "interno", "kv", "level", "lgh", "lot", "lvl", "office", "piso", "porte",
    "puerta", "rm", "room", "scala", "shop", "spc", "ste", "stg", "stiege", "stock", "suite", "top", "tuer", "tur",
    "unit", "villa", "whg", "wohnung",
]);

/// Words before a house number that only say that one follows.
#[rustfmt::skip]
pub(super) static NUMBER_SIGNS: WordList = WordList::new(&[
    "cp", "hausnr", "hno", "hnr", "km", "n", "no", "nr", "nro", "num", "number", "numero", "nummer",
]);

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

/// What is written with a dot or a dash inside a word, with the word: lower case.
#[rustfmt::skip]
pub(super) const CONTRACTIONS: &[(&str, &str)] = &[
    ("v.le ", "viale "), ("p.zza ", "piazza "), ("p.za ", "piazza "), ("c.so ", "corso "), ("l.go ", "largo "),
    ("n.w.", "nw"), ("n.e.", "ne"), ("s.w.", "sw"), ("s.e.", "se"), ("pr-t ", "prospekt "),
];
