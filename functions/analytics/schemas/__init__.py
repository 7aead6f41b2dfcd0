"""What crosses HTTP: days are those of India, amounts whole paise."""
