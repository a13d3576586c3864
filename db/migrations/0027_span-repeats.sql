-- What of a span repeats spans below it and is therefore not in its columns of tokens and cost, as bits: 1 tokens,
-- 2 cost, 4 the call itself. Spans of one trace reach several ingest processes, so it is settled from the stored rows.
ALTER TABLE "spans" ADD COLUMN "repeats" smallint;
