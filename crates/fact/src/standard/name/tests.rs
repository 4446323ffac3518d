use proptest::prelude::*;

use super::super::name_table::{
    DEGREES, NOBILITY, PARTICLES, REMARKS, SUFFIXES, TITLE_ENDINGS, TITLES, TITLES_THAT_ARE_NAMES,
};
use super::word::LONGEST;
use super::{PersonName, form};

fn shown(full: &str) -> String {
    let PersonName { title, given, nickname, family, former, suffix } = PersonName::parse_full(full);
    let mut shown = format!("{} | {}", given.join("+"), family);
    for (sign, part) in [('t', title), ('n', nickname), ('f', former), ('s', suffix)] {
        if let Some(part) = part {
            shown += &format!(" | {sign}={part}");
        }
    }
    shown
}

#[test]
fn names_are_taken_apart() {
    for (full, expected) in [
        ("", " | "),
        ("Ada Lovelace", "Ada | Lovelace"),
        ("  ada   lovelace ", "ada | lovelace"),
        ("Lovelace, Ada", "Ada | Lovelace"),
        ("Lovelace, Ada King", "Ada+King | Lovelace"),
        ("Ada", " | Ada"),
        ("Bob", "Bob | "),
        ("Mr Smith", " | Smith | t=Mr"),
        ("Dr. Ada M. Lovelace", "Ada+M. | Lovelace | t=Dr."),
        ("Prof. Dr. Ada Lovelace", "Ada | Lovelace | t=Prof. Dr."),
        ("Dr.Smith", " | Smith | t=Dr."),
        ("Mr and Mrs Smith", " | Smith | t=Mr and Mrs"),
        ("M. Jean Dupont", "Jean | Dupont | t=M."),
        ("M. Dupont", "M. | Dupont"),
        ("Mme Marie Curie", "Marie | Curie | t=Mme"),
        ("Major-General Sir David Bruce", "David | Bruce | t=Major-General Sir"),
        ("Herr Ludwig van Beethoven", "Ludwig | van Beethoven | t=Herr"),
        ("Otto von Bismarck", "Otto | von Bismarck"),
        ("van der Berg, Jan", "Jan | van der Berg"),
        ("van der Berg", " | van der Berg"),
        ("de Gaulle", " | de Gaulle"),
        ("Van Morrison", "Van | Morrison"),
        ("Maria de la Cruz", "Maria | de la Cruz"),
        ("Osama bin Said", "Osama | bin Said"),
        ("José Ortega y Gasset", "José | Ortega y Gasset"),
        ("Gabriel García Márquez", "Gabriel+García | Márquez"),
        ("Gabriel GARCÍA MÁRQUEZ", "Gabriel | GARCÍA MÁRQUEZ"),
        ("DUPONT Jean", "Jean | DUPONT"),
        ("JOHN SMITH", "JOHN | SMITH"),
        ("John Smith Jr.", "John | Smith | s=Jr."),
        ("John Smith, Jr.", "John | Smith | s=Jr."),
        ("Smith, John, Jr., MD", "John | Smith | s=Jr. MD"),
        ("Smith Jr., John", "John | Smith | s=Jr."),
        ("John Smith III Ph.D.", "John | Smith | s=III Ph.D."),
        ("Sr. Juan Pérez", "Juan | Pérez | t=Sr."),
        ("Robert \"Bob\" Smith", "Robert | Smith | n=Bob"),
        ("Robert (Bob) Smith", "Robert | Smith | n=Bob"),
        ("Robert 'Bob' O'Neil", "Robert | O'Neil | n=Bob"),
        ("Mary O'Brien", "Mary | O'Brien"),
        ("Mary O' Brien", "Mary | O' Brien"),
        ("Jill St. John", "Jill | St. John"),
        ("J.R.R. Tolkien", "J.+R.+R. | Tolkien"),
        ("J.Smith", "J. | Smith"),
        ("Jean-Luc Picard-Jones", "Jean-Luc | Picard-Jones"),
        ("Erika Muster (geb. Mann)", "Erika | Muster | f=Mann"),
        ("Ada King née Byron", "Ada | King | f=Byron"),
        ("thomas clifford, 1st baron clifford", "thomas | clifford | s=1st baron clifford"),
        ("Smith,", " | Smith"),
        (", John", "John | "),
        ("Dr. med. Hans Müller", "Hans | Müller | t=Dr. med."),
        ("Prof. Dr. Dr. h.c. mult. Hans Müller", "Hans | Müller | t=Prof. Dr. Dr. h.c. mult."),
        ("MUDr. Jan Novák", "Jan | Novák | t=MUDr."),
        ("Dra. Ana Ruiz", "Ana | Ruiz | t=Dra."),
        ("Dña. Ana Ruiz", "Ana | Ruiz | t=Dña."),
        ("Frl. Anna Huber", "Anna | Huber | t=Frl."),
        ("Fam. Huber", " | Huber | t=Fam."),
        ("Familie Huber", " | Huber | t=Familie"),
        ("The Rt Hon Sir John Smith KCB", "John | Smith | t=The Rt Hon Sir | s=KCB"),
        ("HRH Prince Charles Windsor", "Charles | Windsor | t=HRH Prince"),
        ("Prince Rogers", "Prince | Rogers"),
        ("Judge Reinhold", "Judge | Reinhold"),
        ("Baron Cohen, Sacha", "Sacha | Baron Cohen"),
        ("Graf Otto von Bismarck", "Otto | von Bismarck | t=Graf"),
        ("Ludwig Freiherr von Stein", "Ludwig | von Stein | t=Freiherr"),
        ("c/o John Smith", "John | Smith | t=c/o"),
        ("Mr John Smith and Mrs Jane Smith", "John | Smith | t=Mr"),
        ("Smith;John", "John | Smith"),
        ("john_smith", "john | smith"),
        ("\"Smith, John\"", "John | Smith"),
        ("Col. (Ret.) John Smith", "John | Smith | t=Col."),
        ("John Smith (deceased)", "John | Smith"),
        ("Smith (Mr), John", "John | Smith | t=Mr"),
        ("Mary Smith aka Polly", "Mary | Smith | n=Polly"),
        ("Ada Lovelace, B.Sc., M.A.", "Ada | Lovelace | s=B.Sc. M.A."),
        ("Lovelace, M.A.", "M.+A. | Lovelace"),
        ("John Smith 2nd", "John | Smith | s=2nd"),
        ("J.R. Smith", "J.+R. | Smith"),
        ("Smith J.", "J. | Smith"),
        ("Smith J.P.", "J.+P. | Smith"),
        ("John S.", "John | S."),
        ("Berg, van den, Jan", "Jan | van den Berg"),
        ("Berg van den, Jan", "Jan | van den Berg"),
        ("Leyen, Ursula von der", "Ursula | von der Leyen"),
        ("Ursula v. d. Leyen", "Ursula | v. d. Leyen"),
        ("David ben Gurion", "David | ben Gurion"),
        ("Seán Ó Conaill", "Seán | Ó Conaill"),
        ("Máire Ní Chonaill", "Máire | Ní Chonaill"),
        ("Ana do Nascimento", "Ana | do Nascimento"),
        ("Ana Costa e Silva", "Ana | Costa e Silva"),
        ("John T Smith", "John+T | Smith"),
        ("Mary Ann O Smith", "Mary+Ann+O | Smith"),
        ("mary ann e smith", "mary+ann+e | smith"),
        ("john v smith", "john+v | smith"),
        ("Иванов Иван Иванович", "Иван+Иванович | Иванов"),
        ("Иван Иванович Иванов", "Иван+Иванович | Иванов"),
        ("山田 太郎", "太郎 | 山田"),
        ("김 민수", "민수 | 김"),
        ("McDONALD Ian", "Ian | McDONALD"),
        ("Ann-Margaret", "Ann-Margaret | "),
        ("北京", " | 北京"),
        ("...", " | "),
        ("(", " | "),
        ("Mr", " | Mr"),
    ] {
        assert_eq!(shown(full), expected, "{full}");
    }
}

#[test]
fn the_tables_hold() {
    for list in [&TITLES, &SUFFIXES, &PARTICLES, &TITLE_ENDINGS, &TITLES_THAT_ARE_NAMES, &DEGREES, &NOBILITY, &REMARKS]
    {
        assert!(list.words().is_sorted_by(|a, b| a < b) && list.words().iter().all(|word| word.len() <= LONGEST));
    }
}

#[test]
fn a_long_text_takes_no_time() {
    for piece in ["a ", "(", "' ", "Mr ", "a.", ",", "de ", "née "] {
        let _ = PersonName::parse_full(&piece.repeat(1_000_000 / piece.len()));
    }
}

proptest! {
    #[test]
    fn any_name_is_taken_apart(full in ".*|[A-Za-zé.,'\"() -]{0,40}|((Mc|O'|de|van|Dr\\.|Jr|née|Ada|'t|y|&),? ){0,7}") {
        let name = PersonName::parse_full(&full);
        let folded = form(&full);
        prop_assert_eq!(form(&folded), folded);
        let folded = name.form();
        prop_assert_eq!(form(&folded), folded);
    }
}
