//! Customer data and customer work as one embeddable library.
