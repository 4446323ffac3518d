//! Service levels and automation of customer work, as pure functions: what is due and when, and what happens next.
//!
//! It never knows about objects of sales and service work, files, stores and senders, nor what time it is.
