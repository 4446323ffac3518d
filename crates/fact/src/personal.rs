//! Which names stand for what is sensitive, though no schema declares them.

use crate::name::AttributeName;

/// Names of numbers that a state or a register gave somebody, in the languages of headers: lower case, without
/// accents, words run together.
pub const NATIONAL_ID_NAMES: &str = "ssn socsecid socsecno socialsecurity socialsecuritynumber socialsecurityno socialsecurityid nationalid \
     nationalidnumber nationalinsurance nationalinsurancenumber nino taxid taxnumber taxno taxpayerid vat \
     vatid vatnumber vatno vatregistrationnumber tin ustid ustidnr umsatzsteuerid steuernummer steuerid \
     sozialversicherungsnummer svnr svnummer numerosecuritesociale securitesociale nir siren siret numerotva \
     tva dni nie nif cif curp passport passportnumber passportno passportid bsn personnummer pesel cpf cnpj \
     companynumber registrationnumber companyregistrationnumber handelsregisternummer idcardnumber \
     codicefiscale partitaiva burgerservicenummer nip fodselsnummer cprnummer orgnr orgnummer \
     organisasjonsnummer organisationsnummer kvknummer btwnummer";

/// Of these, words that also stand last in names of something else: of sums of money.
const ALSO_TAXES: [&str; 2] = ["vat", "tva"];

/// Whether a name is that of such a number, or ends in one: `ssn`, `customerSSN`, `Passport No. 2`.
pub(crate) fn names_national_id(name: &str) -> bool {
    let name = AttributeName::from_header(name);
    let words: Vec<&str> = name.split('_').filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit())).collect();
    (0..words.len()).any(|from| {
        let phrase = words[from..].concat();
        let phrase = phrase.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_named = NATIONAL_ID_NAMES.split_ascii_whitespace().any(|known| known == phrase);
        is_named && (from == 0 || !ALSO_TAXES.contains(&phrase))
    })
}

#[cfg(test)]
mod tests {
    use super::names_national_id;

    #[test]
    fn numbers_of_the_state_are_known_by_their_names() {
        for name in ["ssn", "SSN", "customerSSN", "payer_tax_id", "Passport No. 2", "vat", "nationalId", "ssn1"] {
            assert!(names_national_id(name), "{name}");
        }
        for name in ["total", "amount_vat", "passport_photo_url", "session", "", "national", "id"] {
            assert!(!names_national_id(name), "{name}");
        }
    }
}
