-- How often one event about one subject came round within one cause.
CREATE INDEX signal_by_txn ON signal (txn, subject_key) WHERE txn IS NOT NULL;
