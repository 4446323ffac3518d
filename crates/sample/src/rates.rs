//! How often what happens: every rate of the sample, in thousandths unless its comment says otherwise.
//!
//! They are judgement, set so that the sample is as hard as a real customer base is said to be: about three records a customer, a
//! third of the true pairs apart in two fields or more, equal e-mail or telephone neither necessary nor sufficient, and yet nearly every
//! pair decidable for somebody who reads all fields.

// Households.

/// Kinds of household, by weight: one adult, a couple, a couple with children, one parent with children, siblings, people who share a flat.
pub(crate) const ALONE: u32 = 340;
pub(crate) const COUPLE: u32 = 270;
pub(crate) const FAMILY: u32 = 230;
pub(crate) const ONE_PARENT: u32 = 70;
pub(crate) const SIBLINGS: u32 = 35;
pub(crate) const SHARED_FLAT: u32 = 55;
/// Couples who bear one family name.
pub(crate) const SHARED_SURNAME: u32 = 720;
/// Couples with one name of whom one appears under the former name too, because the wedding lies within the time of the records.
pub(crate) const MARRIED_RECENTLY: u32 = 220;
/// Double names among spouses who took another name.
pub(crate) const DOUBLE_SURNAME: u32 = 90;
/// Second and later children who are the twin of the child before.
pub(crate) const TWIN: u32 = 120;
/// First sons who bear their father's given name.
pub(crate) const SON_NAMED_AFTER_FATHER: u32 = 60;
/// Children grown up and gone: they live elsewhere.
pub(crate) const CHILD_MOVED_OUT: u32 = 350;
/// British family names from the long tail of rare ones.
pub(crate) const RARE_SURNAME: u32 = 220;
/// Households that moved house within the time of the records.
pub(crate) const MOVED: u32 = 480;
/// Households with a landline.
pub(crate) const LANDLINE: u32 = 680;
/// Households of two or more with a mailbox for all.
pub(crate) const FAMILY_MAILBOX: u32 = 500;

// Persons.

/// Who changed the private e-mail address, and who changed the mobile number.
pub(crate) const CHANGED_EMAIL: u32 = 560;
pub(crate) const CHANGED_MOBILE: u32 = 230;
/// New mobile numbers that a stranger has given up.
pub(crate) const RECYCLED_MOBILE: u32 = 50;
/// Private addresses that do not tell the name.
pub(crate) const HANDLE: u32 = 150;
/// Adults below 67 with an employer that is in the company file.
pub(crate) const EMPLOYED: u32 = 480;
/// Employees whose company is one that is known already.
pub(crate) const KNOWN_COMPANY: u32 = 800;

// Sources: who is in which.

/// Persons with a contact in the CRM, a second contact, and a deleted one beside it.
pub(crate) const CRM: u32 = 680;
pub(crate) const CRM_DUPLICATE: u32 = 80;
pub(crate) const CRM_DELETED: u32 = 35;
/// Contacts at a company who are reached through its switchboard, and under its common address.
pub(crate) const SWITCHBOARD: u32 = 400;
pub(crate) const ROLE_MAILBOX: u32 = 60;
/// Contacts whose landline and mobile number are both known, among people who have both.
pub(crate) const BOTH_NUMBERS: u32 = 550;
/// Company rows entered twice.
pub(crate) const COMPANY_DUPLICATE: u32 = 60;
/// Persons with a shop account, and those who (also) order as a guest.
pub(crate) const SHOP: u32 = 560;
pub(crate) const GUEST: u32 = 260;
/// Orders that are followed by a return.
pub(crate) const RETURNED: u32 = 90;
/// Newsletter subscribers.
pub(crate) const NEWSLETTER: u32 = 440;
/// Persons with a web account, and a second one.
pub(crate) const WEB: u32 = 580;
pub(crate) const WEB_SECOND_ACCOUNT: u32 = 60;
/// Persons who asked support.
pub(crate) const SUPPORT: u32 = 300;

// Sources: how they deviate.

/// Shop customers written `Last, First`.
pub(crate) const LAST_COMMA_FIRST: u32 = 100;
/// Households of two or more that use one device for all.
pub(crate) const SHARED_DEVICE: u32 = 350;
/// Devices whose clock is wrong.
pub(crate) const SKEWED_CLOCK: u32 = 80;
/// Web messages that arrive twice, and those held back on the device until it is online.
pub(crate) const DELIVERED_TWICE: u32 = 25;
pub(crate) const SENT_LATER: u32 = 60;
/// Identify calls that delete a trait with null.
pub(crate) const NULL_TRAIT: u32 = 60;
/// Households beside which a visitor passes by who never signs in.
pub(crate) const PASSING_VISITORS: u32 = 250;

// Records.

/// Records with fewer than two of birth date, e-mail, telephone and address that are given another one, so that they can be decided.
pub(crate) const ENOUGH_EVIDENCE: u32 = 930;
/// Records with nothing but what a household shares or a person seldom uses, that are given a birth date or a mobile number.
pub(crate) const ANCHORED: u32 = 960;
/// Records that are left as they fall; the others are drawn again if nothing ties them to the person's earlier records, because nobody
/// could decide them.
pub(crate) const TIED_BY_NOTHING: u32 = 40;
/// Records that hold an outdated state: the source was never told of the change.
pub(crate) const OUTDATED: u32 = 60;
/// Records under the short form of the given name, and with an initial only.
pub(crate) const SHORT_FORM: u32 = 180;
pub(crate) const INITIAL: u32 = 30;
/// A letter wrong in a name; a name spelt as it sounds or as a scanner reads it.
pub(crate) const NAME_TYPO: u32 = 32;
pub(crate) const NAME_MISHEARD: u32 = 18;
/// Accents dropped or written out, in names and in addresses.
pub(crate) const NO_ACCENTS: u32 = 300;
/// Names all in capitals or all in small letters; first and last name swapped; one half of a double name.
pub(crate) const NAME_CASE: u32 = 60;
pub(crate) const NAMES_SWAPPED: u32 = 15;
pub(crate) const HALF_SURNAME: u32 = 220;
/// A letter wrong in street or town; a street abbreviated.
pub(crate) const ADDRESS_TYPO: u32 = 30;
pub(crate) const STREET_SHORT: u32 = 260;
/// Towns with the county, state or district behind them.
pub(crate) const TOWN_WITH_REGION: u32 = 30;
/// Postcodes without their blank, and with a wrong character.
pub(crate) const POSTCODE_SPACING: u32 = 120;
pub(crate) const POSTCODE_TYPO: u32 = 12;
/// Birth dates with day and month swapped (where that is a date), in another year, on another day, and the filler 1900-01-01.
pub(crate) const BIRTH_SWAPPED: u32 = 15;
pub(crate) const BIRTH_YEAR: u32 = 14;
pub(crate) const BIRTH_DAY: u32 = 12;
pub(crate) const BIRTH_FILLER: u32 = 8;
/// E-mail: capitals, a plus tag, dots set otherwise (where the provider ignores them), a wrong letter, a wrong domain, a filler.
pub(crate) const EMAIL_CASE: u32 = 70;
pub(crate) const EMAIL_TAG: u32 = 25;
pub(crate) const EMAIL_DOTS: u32 = 150;
pub(crate) const EMAIL_TYPO: u32 = 12;
pub(crate) const EMAIL_DOMAIN: u32 = 10;
pub(crate) const EMAIL_FILLER: u32 = 8;
/// Telephone numbers: a wrong digit, a filler.
pub(crate) const PHONE_TYPO: u32 = 14;
pub(crate) const PHONE_FILLER: u32 = 10;
/// Blank text fields that hold `n/a`, `unknown` or `-` instead of nothing.
pub(crate) const TEXT_FILLER: u32 = 15;
