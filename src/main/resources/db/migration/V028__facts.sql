-- What the conditions of the rules that fired met, as a JSON array. Absent if that was not to be kept, if no rule fired, if it was
-- erased, and in decisions from before this column: the digest of a decision without it is the one that it always was.
ALTER TABLE decision ADD COLUMN facts TEXT;

-- Results of simulations held names until now. They prove nothing, and can be made anew.
DELETE FROM policy_simulation;
