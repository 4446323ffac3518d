//! Service levels and workflows: decided once, on time, rehearsed on history.
//!
//! It never knows what a deal or a ticket is, nor how anything is delivered.
