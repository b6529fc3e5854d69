-- What is due is asked for target by target, since V003; nobody asks for what is due at any.
DROP INDEX action_due;
