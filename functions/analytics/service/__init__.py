"""Use cases: reading the store on, making figures anew, answering."""
