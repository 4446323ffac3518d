//! How each source asks people who they are: which fields, how often filled, which of their addresses, with how much dirt.

use crate::dirt::Dirt;

/// Which of a person's e-mail addresses a source gets, by weight.
#[derive(Clone, Copy)]
pub(crate) struct EmailHabit {
    /// The private address of the day.
    pub(crate) private: u32,
    /// The private address before the last change, which many go on using.
    pub(crate) former: u32,
    pub(crate) work: u32,
    pub(crate) family: u32,
}

/// A way into the records. Rates are thousandths; 0 says that the source has no such field.
#[derive(Clone, Copy)]
pub(crate) struct Channel {
    /// The stem of the file, which names the source in the truth.
    pub(crate) source: &'static str,
    pub(crate) name: u32,
    pub(crate) birth: u32,
    pub(crate) email: u32,
    /// Whether rows are known by their e-mail address, which is then always there and belongs to one person.
    pub(crate) keyed_by_email: bool,
    pub(crate) phone: u32,
    /// Telephone numbers that are the landline, among people who have one.
    pub(crate) landline: u32,
    pub(crate) address: u32,
    pub(crate) emails: EmailHabit,
    /// Whether the country is mostly a two-letter code.
    pub(crate) country_code: bool,
    pub(crate) dirt: Dirt,
}

pub(crate) const CRM: Channel = Channel {
    source: "crm_contacts",
    name: 1000,
    birth: 780,
    email: 800,
    keyed_by_email: false,
    phone: 780,
    landline: 390,
    address: 860,
    emails: EmailHabit { private: 44, former: 12, work: 32, family: 11 },
    country_code: false,
    dirt: Dirt { percent: 130, heard: true, fillers: true },
};

pub(crate) const SHOP: Channel = Channel {
    source: "shop_orders",
    name: 1000,
    birth: 0,
    email: 960,
    keyed_by_email: false,
    phone: 760,
    landline: 290,
    address: 990,
    emails: EmailHabit { private: 54, former: 20, work: 14, family: 24 },
    country_code: true,
    dirt: Dirt { percent: 80, heard: false, fillers: true },
};

pub(crate) const GUEST: Channel = Channel {
    source: "shop_orders",
    name: 1000,
    birth: 0,
    email: 1000,
    keyed_by_email: true,
    phone: 720,
    landline: 250,
    address: 990,
    emails: EmailHabit { private: 42, former: 22, work: 24, family: 18 },
    country_code: true,
    dirt: Dirt { percent: 130, heard: false, fillers: false },
};

pub(crate) const NEWSLETTER: Channel = Channel {
    source: "newsletter",
    name: 820,
    birth: 720,
    email: 1000,
    keyed_by_email: true,
    phone: 0,
    landline: 0,
    address: 660,
    emails: EmailHabit { private: 46, former: 22, work: 16, family: 16 },
    country_code: false,
    dirt: Dirt { percent: 90, heard: false, fillers: false },
};

pub(crate) const WEB: Channel = Channel {
    source: "web_events",
    name: 900,
    birth: 760,
    email: 930,
    keyed_by_email: false,
    phone: 560,
    landline: 150,
    address: 540,
    emails: EmailHabit { private: 54, former: 20, work: 14, family: 17 },
    country_code: true,
    dirt: Dirt { percent: 70, heard: false, fillers: true },
};

pub(crate) const SUPPORT: Channel = Channel {
    source: "support_requests",
    name: 930,
    birth: 0,
    email: 1000,
    keyed_by_email: true,
    phone: 780,
    landline: 230,
    address: 0,
    emails: EmailHabit { private: 52, former: 16, work: 22, family: 13 },
    country_code: false,
    dirt: Dirt { percent: 100, heard: true, fillers: false },
};
