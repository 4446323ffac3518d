//! Record linkage: block, compare, weigh, cluster and explain.
