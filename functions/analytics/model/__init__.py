"""What a fact adds to which figure: pure functions, so that counting live and counting anew cannot differ."""
