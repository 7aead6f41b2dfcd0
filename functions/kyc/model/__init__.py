"""What an application is, may become and is worth: values and rules, no input and no output."""
