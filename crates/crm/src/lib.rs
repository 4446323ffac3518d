//! Accounts, leads, opportunities, pipelines, interactions, tickets and tasks as pure folds.
//!
//! It never knows about matching, files and stores.
