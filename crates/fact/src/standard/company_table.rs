//! What the law adds to the names of companies. From general knowledge of company law; only what does not also end, or
//! begin, ordinary names.

use super::word_list::WordList;

/// Legal forms behind a name, folded, without spaces, sorted.
#[rustfmt::skip]
pub(super) static FORMS: WordList = WordList::new(&[
    "aap", "ab", "ad", "ae", "ag", "aktiebolag", "aktiengesellschaft", "ao", "aps", "as", "asa", "asbl", "bhd", "bt",
    "bv", "bvba", "cic", "cio", "cjsc", "clg", "co", "company", "corp", "corporation", "cv", "cvba", "cyf",
    "cyfyngedig", "dac", "dd", "dmcc", "doo", "eeig", "eg", "ehf", "eirl", "ek", "eood", "epe", "eurl", "ev", "fzc",
    "fzco", "fze", "gbr", "gesmbh", "ggmbh", "gie", "gmbh", "haftungsbeschrankt", "hb", "hf", "inc", "incorporated",
    "jdoo", "jsc", "kabushikikaisha", "kft", "kg", "kgaa", "kk", "kkt", "ks", "lda", "limited", "limitee", "llc",
    "lllp", "llp", "lp", "ltd", "ltda", "ltee", "mbb", "mbh", "nv", "nyrt", "oao", "ohg", "ojsc", "ood", "ooo", "ou",
    "oy", "oyj", "pao", "partg", "pjsc", "plc", "pllc", "pte", "pty", "pvt", "sa", "saa", "sab", "sac", "sae", "sal",
    "saoc", "saog", "sapi", "sarl", "sas", "sasu", "sau", "sca", "sci", "scop", "scrl", "sdn", "se", "sia", "sl",
    "sll", "slu", "snc", "spa", "spj", "spk", "spol", "spolsro", "sprl", "spzoo", "srl", "srls", "sro", "tbk", "teo",
    "teoranta", "tov", "tzov", "uab", "ug", "ulc", "unlimited", "vof", "vzw", "wll", "zao", "zrt",
]);

/// Legal forms of several words behind a name, folded.
#[rustfmt::skip]
pub(super) const LONG_FORMS: &[&str] = &[
    "a delaware corporation", "and c", "and cia", "and cie", "anonim sirketi", "besloten vennootschap",
    "fz llc", "gesellschaft mbh", "gesellschaft mit beschrankter haftung", "in administration", "in liquidation",
    "limited liability company", "limited sirketi", "llc fz", "ltd sti", "ltda epp", "ltda me", "naamloze vennootschap",
    "private limited", "public limited company", "s coop", "s de rl de cv", "s en c", "sa de cv", "sab de cv", "san ve tic",
    "sanayi ve ticaret", "sapi de cv", "sas de cv", "scoop", "sociedad anonima", "sociedad limitada",
    "sociedade anonima", "societa a responsabilita limitata", "societa per azioni", "societe a responsabilite limitee",
    "societe anonyme", "soc coop", "spolka akcyjna", "spolka jawna", "spolka komandytowa",
    "spolka z ograniczona odpowiedzialnoscia", "spolka z oo", "unipessoal lda",
];

/// Legal forms before a name, folded, sorted; and the article, which is left out or put behind a comma.
#[rustfmt::skip]
pub(super) static LEADING: WordList = WordList::new(&[
    "ao", "etablissements", "ets", "eurl", "oao", "ooo", "oy", "pao", "pt", "sarl", "sas", "sasu", "sci", "selarl",
    "sia", "stichting", "the", "tov", "tzov", "uab", "zao",
]);

/// Words for `and`, folded, sorted.
pub(super) static AND: WordList = WordList::new(&["and", "e", "et", "n", "och", "og", "u", "und", "y"]);

/// Legal forms in scripts in which words are not apart, which transliteration would melt into the name.
#[rustfmt::skip]
pub(super) const UNSPACED: &[&str] = &[
    "股份有限公司", "有限责任公司", "有限責任公司", "有限公司", "株式会社", "有限会社", "合同会社", "(株)", "（株）", "㈱", "(有)", "（有）", "㈲",
    "주식회사", "유한회사", "(주)", "（주）", "㈜",
];
