//! The words in written dates, in English, German, French, Spanish, Italian, Dutch and Portuguese.

/// Folded names and abbreviations of the months with their numbers, sorted.
#[rustfmt::skip]
pub(super) const MONTHS: &[(&str, u32)] = &[
    ("abr", 4), ("abril", 4), ("ago", 8), ("agosto", 8), ("aout", 8), ("apr", 4), ("april", 4),
    ("aprile", 4), ("aug", 8), ("august", 8), ("augustus", 8), ("avr", 4), ("avril", 4),
    ("dec", 12), ("december", 12), ("decembre", 12), ("dez", 12), ("dezember", 12),
    ("dezembro", 12), ("dic", 12), ("dicembre", 12), ("diciembre", 12), ("ene", 1), ("enero", 1),
    ("feb", 2), ("febb", 2), ("febbraio", 2), ("feber", 2), ("febr", 2), ("febrero", 2),
    ("februar", 2), ("februari", 2), ("february", 2), ("fev", 2), ("fevereiro", 2), ("fevr", 2),
    ("fevrier", 2), ("gen", 1), ("genn", 1), ("gennaio", 1), ("giu", 6), ("giugno", 6),
    ("jaenner", 1), ("jan", 1), ("janeiro", 1), ("janner", 1), ("januar", 1), ("januari", 1),
    ("january", 1), ("janv", 1), ("janvier", 1), ("juil", 7), ("juillet", 7), ("juin", 6),
    ("jul", 7), ("julho", 7), ("juli", 7), ("julio", 7), ("july", 7), ("jun", 6), ("june", 6),
    ("junho", 6), ("juni", 6), ("junio", 6), ("juno", 6), ("lug", 7), ("luglio", 7), ("maart", 3),
    ("maerz", 3), ("mag", 5), ("maggio", 5), ("mai", 5), ("maio", 5), ("mar", 3), ("march", 3),
    ("marco", 3), ("mars", 3), ("marz", 3), ("marzo", 3), ("may", 5), ("mayo", 5), ("mei", 5),
    ("mrt", 3), ("mrz", 3), ("nov", 11), ("november", 11), ("novembre", 11), ("novembro", 11),
    ("noviembre", 11), ("oct", 10), ("october", 10), ("octobre", 10), ("octubre", 10),
    ("okt", 10), ("oktober", 10), ("ott", 10), ("ottobre", 10), ("out", 10), ("outubro", 10),
    ("sep", 9), ("sept", 9), ("september", 9), ("septembre", 9), ("septiembre", 9), ("set", 9),
    ("setembro", 9), ("setiembre", 9), ("sett", 9), ("settembre", 9),
];

/// Folded words that say nothing beside day, month and year, sorted: weekdays, articles, the ends of ordinals.
#[rustfmt::skip]
pub(super) const FILLERS: &[&str] = &[
    "a", "am", "au", "da", "de", "del", "den", "der", "di", "dienstag", "dim", "dimanche",
    "dinsdag", "do", "dom", "domenica", "domingo", "donderdag", "donnerstag", "er", "ere",
    "feira", "fr", "freitag", "fri", "friday", "gio", "giovedi", "jeu", "jeudi", "jue", "jueves",
    "la", "le", "lun", "lundi", "lunedi", "lunes", "maandag", "mardi", "martedi", "martes", "mer",
    "mercoledi", "mercredi", "mi", "mie", "miercoles", "mittwoch", "mo", "mon", "monday",
    "montag", "nd", "o", "of", "quarta", "quinta", "rd", "re", "sa", "sab", "sabado", "sabato",
    "sam", "samedi", "samstag", "sat", "saturday", "segunda", "sexta", "so", "sonnabend",
    "sonntag", "st", "sun", "sunday", "terca", "th", "the", "thu", "thur", "thurs", "thursday",
    "tue", "tues", "tuesday", "ven", "vendredi", "venerdi", "vie", "viernes", "vom", "vrijdag",
    "wed", "wednesday", "woensdag", "zaterdag", "zondag",
];
