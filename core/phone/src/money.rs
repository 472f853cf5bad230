//! Rating and the ledger. Sees records and plans only.
