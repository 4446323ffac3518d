//! Standard forms: how a name, an e-mail address, a telephone number, a date or a sum of money is read, once, for the
//! whole house.
//!
//! Each module knows one kind of value. It reads what people and exports write, says precisely why something cannot
//! be read ([`Malformed`]), and offers a *form*: the spelling in which two ways of writing the same thing become
//! equal. Forms are for comparing and for keys, never for display; the value as it arrived is kept elsewhere. Every
//! form is idempotent, every reader takes any text in linear time, and none consults a clock, a locale or a network.
//!
//! ```
//! use onefold_fact::standard::{Email, Phone, text};
//!
//! let email: Email = "Ada.Lovelace+news@GoogleMail.com".parse()?;
//! assert_eq!(email.mailbox(), "adalovelace@gmail.com");
//! let phone = Phone::parse("020 7946 0000", Some("GB".parse()?))?;
//! assert_eq!(phone.as_str(), "+442079460000");
//! assert_eq!(text::fold("Søren  O’Brien-Müller"), "soren obrien muller");
//! # Ok::<(), onefold_fact::standard::Malformed>(())
//! ```

pub mod address;
mod address_table;
pub mod company;
mod company_table;
pub mod country;
mod country_table;
pub mod date;
mod date_table;
pub mod email;
mod email_table;
mod malformed;
pub mod money;
mod money_table;
pub mod name;
mod name_table;
mod nickname;
pub mod number;
mod partial_date;
pub mod phone;
#[cfg(feature = "phone-e164")]
mod phone_e164;
mod phone_table;
mod population;
mod population_table;
mod street;
mod street_token;
pub mod text;
mod timestamp;
pub mod url;
mod word_list;

pub use country::Country;
pub use date::DateOrder;
pub use email::Email;
pub use malformed::Malformed;
pub use money::Currency;
pub use name::PersonName;
pub use partial_date::PartialDate;
pub use phone::Phone;
pub use population::Population;
pub use street::Street;
