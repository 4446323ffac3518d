//! The words that people write over columns, in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish and the
//! languages of the North.

use onefold_fact::{Kind, NATIONAL_ID_NAMES};

/// Headers by what they mean: lower case, without accents, words run together.
const HEADERS: &[(Kind, &str)] = &[
    (
        Kind::GivenName,
        "firstname givenname givennames given forename forenames fname first christianname vorname vornamen \
         rufname prenom prenoms nombre nombres primernombre namefirst nome nomi nomeproprio primeironome voornaam \
         voornamen roepnaam imie imiona fornamn tilltalsnamn fornavn etunimi",
    ),
    (
        Kind::MiddleName,
        "middlename middlenames middle middleinitial secondname zweitername zweitname deuxiemeprenom \
         segundonombre",
    ),
    (
        Kind::FamilyName,
        "surname lastname familyname lname last nachname familienname zuname nom nomdefamille apellido apellidos \
         primerapellido namelast cognome sobrenome apelido ultimonome achternaam familienaam nazwisko efternamn \
         efternavn etternavn slektsnavn sukunimi",
    ),
    (
        Kind::FullName,
        "name names fullname customername contactname displayname personname completename wholename nomcomplet \
         nometprenom nomprenom prenomnom nombrecompleto nombreyapellidos vollername vollstaendigername \
         vollstandigername vornamenachname nachnamevorname vorundnachname contact contactperson ansprechpartner \
         customer client kunde cliente cardholder cardholdername accountholder firstandlastname firstandsurname \
         nameandsurname passengername patientname guestname membername nomecompleto nomeecognome nomecognome \
         cognomenome volledigenaam naam namn navn imieinazwisko imienazwisko nazwiskoimie fullstandigtnamn \
         fuldenavn fulltnavn klant klantnaam klient contatto contato kontaktperson contactpersoon",
    ),
    (
        Kind::NameTitle,
        "title salutation nametitle nameprefix honorific anrede titel civilite titre tratamiento courtesytitle \
         titolo titulo aanhef tytul",
    ),
    (Kind::Gender, "gender sex geschlecht genre sexe sexo genero sesso genere geslacht plec kjonn"),
    (
        Kind::BirthDate,
        "dob birthdate birthday dateofbirth dayofbirth bday born bornon birthyear yearofbirth geburtsdatum \
         geburtstag gebdatum gebdat geboren geborenam datedenaissance datenaissance fechadenacimiento \
         fechanacimiento fnacimiento datadinascita datanascita natoil datadenascimento datanascimento nascimento \
         geboortedatum geboortedag dataurodzenia fodelsedatum fodelsedag fodselsdato foedselsdato fodselsdag \
         foedselsdag syntymaaika",
    ),
    (Kind::NationalId, NATIONAL_ID_NAMES),
    (
        Kind::Email,
        "email mail emails emailaddress mailaddress emailaddr emailadresse mailadresse courriel adressemail \
         adresseemail adresseelectronique correo correoelectronico eaddress emailid postaelettronica \
         indirizzoemail enderecodeemail enderecoemail correioeletronico emailadres mailadres adresemail epost \
         epostadress epostadresse",
    ),
    (
        Kind::Phone,
        "phone phones telephone tel mobile cell cellphone mobilephone mobil handy fax phonenumber phoneno phonenr \
         telefon telefonnummer telefonnr telnr telno handynummer handynr mobilnummer mobiltelefon mobilenumber \
         mobileno telephonenumber telephoneno contactnumber contactno portable gsm telephoneportable \
         telephonemobile numerodetelephone numerotelephone telefono movil celular telefonomovil festnetz \
         rufnummer landline msisdn whatsapp faxnumber telefax cellnumber cellulare numeroditelefono \
         numerotelefono telefone telemovel numerodetelefone telefoonnummer telefoon mobielnummer mobiel \
         numertelefonu telefonkomorkowy telefonnumer mobiltlf tlf tlfnr puhelin puhelinnumero",
    ),
    (
        Kind::Url,
        "website url web webpage homepage webaddress domain webseite internetseite siteweb site paginaweb \
         sitioweb www",
    ),
    (
        Kind::Street,
        "street address address1 addressline1 addressline addr addr1 streetaddress streetaddress1 streetname \
         street1 streetline1 road strasse str strassehausnummer strassehausnr strasseundhausnummer adresse \
         adresse1 adressezeile1 anschrift rue voie direccion direccion1 calle domicilio line1 indirizzo \
         indirizzo1 endereco endereco1 rua morada logradouro adres adres1 straat straatnaam ulica gatuadress \
         gatuadresse gateadresse vejnavn katuosoite",
    ),
    (
        Kind::HouseNumber,
        "streetnumber streetno houseno housenumber housenr hausnummer hausnr numerorue numerodevoie \
         buildingnumber numerocivico civico huisnummer huisnr numerdomu nrdomu gatunummer husnummer husnr",
    ),
    (
        Kind::AddressLine,
        "address2 address3 addressline2 addressline3 addr2 addr3 streetaddress2 street2 streetline2 unit flat \
         apartment apt aptno suite building floor adresszusatz adresse2 adressezeile2 complementadresse \
         complementdadresse batiment direccion2 piso line2 line3 pobox postfach",
    ),
    (
        Kind::City,
        "city town suburb cityname ort stadt wohnort gemeinde ville commune place ciudad localidad poblacion \
         municipio municipality village locality posttown towncity citytown comune localita citta cidade \
         localidade woonplaats gemeente miasto miejscowosc postort kommun kommune poststed kaupunki",
    ),
    (
        Kind::Region,
        "state region county province stateprovince stateorprovince statecode bundesland kanton canton \
         departement provincia estado prefecture provincecode regione wojewodztwo provincie fylke",
    ),
    (
        Kind::Postcode,
        "postcode zip zipcode postalcode zippostalcode plz postleitzahl codepostal cp codigopostal pincode \
         eircode postcodezip zippostcode postnummer cap codicepostale cep kodpocztowy postnr postinumero",
    ),
    (
        Kind::Country,
        "country countrycode countryname land staat pays codepays pais nation countryregion paese nazione kraj",
    ),
    (Kind::Latitude, "latitude lat breitengrad latitud latitudine geolat gpslat"),
    (Kind::Longitude, "longitude long lon lng laengengrad langengrad longitud longitudine geolon geolng gpslon gpslng"),
    (
        Kind::Company,
        "company companyname organisation organization organisationname organizationname orgname org employer \
         business businessname accountname account firm firmname legalname tradingname firma firmenname \
         unternehmen arbeitgeber entreprise societe raisonsociale employeur empresa razonsocial azienda \
         ragionesociale societa impresa razaosocial bedrijf bedrijfsnaam organisatie przedsiebiorstwo nazwafirmy \
         foretag foretagsnamn bolag virksomhed virksomhet firmanavn yritys",
    ),
    (
        Kind::Money,
        "amount price total cost revenue sum unitprice totalprice totalamount ordertotal grandtotal subtotal \
         discount refund refundamount salary income budget fee balance spend turnover net gross value ltv betrag \
         preis gesamt gesamtpreis gesamtbetrag summe umsatz gehalt montant prix prixtotal chiffredaffaires \
         importe precio salesvalue orderamount ordervalue paid amountpaid annualrevenue linetotal",
    ),
    (
        Kind::Category,
        "occupation job jobtitle jobrole profession role position function industry sector department beruf \
         branche abteilung metier secteur profesion cargo plan tier segment status stage type category channel \
         language lang sprache langue idioma locale currency waehrung wahrung devise moneda birthplace \
         placeofbirth cityofbirth birthcity birthcountry countryofbirth geburtsort lieudenaissance \
         lugardenacimiento nationality nationalitaet nationalitat citizenship maritalstatus familienstand \
         priority severity",
    ),
    (
        Kind::FreeText,
        "notes note body message subject description comment comments text content remark remarks bemerkung \
         bemerkungen notiz notizen kommentar nachricht betreff beschreibung commentaire commentaires remarque \
         remarques sujet mensaje descripcion notas comentario comentarios feedback review bio about summary",
    ),
    (Kind::Text, "username login loginname nickname handle benutzername usuario alias"),
];

/// Words that mean the same wherever they stand in a header.
const STRONG: &str = "email emailaddress phone telephone mobile phonenumber telefon telefono surname lastname firstname givenname \
     familyname fullname vorname nachname prenom apellido apellidos birthdate dateofbirth dob birthday \
     geburtsdatum postcode zipcode postalcode plz codepostal codigopostal website url";

/// Words before the word that counts which only say whose or which one it is.
const PREFIXES: &str = "ship shipping shipto bill billing billto delivery customer client contact requester user buyer person \
     personal primary main home work business private member subscriber lead recipient sender guest patient \
     mailing postal invoice payment account address traits properties context profile data attributes fields \
     billingaddress shippingaddress kunden kunde kontakt rechnungs liefer rechnung lieferung cliente contacto \
     facturation livraison from to current preferred default legal residential associated physical std clean raw \
     the your my customers users contacts of stadt head office hq";

/// Words behind the word that counts which change nothing.
const SUFFIXES: &str = "fake clean cleaned raw std standardised standardized normalised normalized new old orig original value field \
     text string primary work home private main l r a b left right of customer contact person usd eur gbp chf";

/// Words that say that a column is about somebody else: who works on the customer, or is close to them. What stands
/// there must not become the customer's own name or address.
const OTHERS: &str = "agent assignee assigned owner manager rep representative salesperson seller staff operator advisor referrer \
     referred referral emergency spouse partner parent mother father kin guardian author by bearbeiter betreuer \
     vendeur agente maiden file product item event campaign page list supplier vendor store shop hotel previous \
     former";

/// What a header says by its words alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    /// The kind of its values.
    pub(super) kind: Kind,
    /// Whether the header is the plain word, without words around it.
    pub(super) plain: bool,
}

/// What a header says, by its folded words.
pub(super) fn meaning(words: &[String]) -> Option<Meaning> {
    if words.iter().any(|word| has(OTHERS, word)) {
        // A whole phrase is meant: `partner` may be anybody, but `vendor_number` is in no vocabulary anyway.
        return None;
    }
    let droppable = |words: &[String], vocabulary: &str| {
        words.iter().all(|word| has(vocabulary, word) || word.bytes().all(|byte| byte.is_ascii_digit()))
    };
    for (start, end) in ranges(words.len()) {
        let (before, inner, after) = (&words[..start], &words[start..end], &words[end..]);
        if droppable(before, PREFIXES)
            && droppable(after, SUFFIXES)
            && let Some(kind) = lookup(&inner.concat())
        {
            return Some(Meaning { kind, plain: start == 0 && end == words.len() });
        }
    }
    let says = |kind| words.iter().any(|word| lookup(word) == Some(kind));
    if says(Kind::GivenName) && says(Kind::FamilyName) {
        return Some(Meaning { kind: Kind::FullName, plain: false });
    }
    ranges(words.len()).find_map(|(start, end)| {
        let phrase = words[start..end].concat();
        let phrase = phrase.trim_end_matches(|c: char| c.is_ascii_digit());
        has(STRONG, phrase).then(|| lookup(phrase)).flatten().map(|kind| Meaning { kind, plain: false })
    })
}

/// Whether the words say that the column is about somebody else than the customer.
pub(super) fn about_others(words: &[String]) -> bool {
    words.iter().any(|word| has(OTHERS, word))
}

/// The ranges of so many words, the longest first, among equals the rightmost: the noun comes last.
fn ranges(words: usize) -> impl Iterator<Item = (usize, usize)> {
    (1..=words).rev().flat_map(move |length| (0..=words - length).rev().map(move |start| (start, start + length)))
}

/// Whether a vocabulary, words apart by spaces, has a word.
pub(super) fn has(vocabulary: &str, word: &str) -> bool {
    vocabulary.split_ascii_whitespace().any(|known| known == word)
}

fn lookup(phrase: &str) -> Option<Kind> {
    let find = |phrase: &str| HEADERS.iter().find(|(_, headers)| has(headers, phrase)).map(|(kind, _)| *kind);
    find(phrase).or_else(|| {
        let bare = phrase.trim_end_matches(|c: char| c.is_ascii_digit());
        if bare.len() < phrase.len() { find(bare) } else { None }
    })
}

/// The name that the first attribute of a kind has in every source; `None` for kinds of which a customer has many.
pub(crate) fn canonical(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::NameTitle => "title",
        Kind::GivenName => "given_name",
        Kind::MiddleName => "middle_name",
        Kind::FamilyName => "family_name",
        Kind::FullName => "full_name",
        Kind::Gender => "gender",
        Kind::BirthDate => "birth_date",
        Kind::NationalId => "national_id",
        Kind::Email => "email",
        Kind::Phone => "phone",
        Kind::Url => "website",
        Kind::Street => "street",
        Kind::HouseNumber => "house_number",
        Kind::AddressLine => "address_line",
        Kind::City => "city",
        Kind::Region => "region",
        Kind::Postcode => "postcode",
        Kind::Country => "country",
        Kind::Company => "company",
        _ => return None,
    })
}

/// Whether an attribute of this kind says who or where a customer is, so that it belongs to the customer even where a
/// row is an event.
pub(super) fn is_personal(kind: Kind) -> bool {
    canonical(kind).is_some() && kind != Kind::Url
}
