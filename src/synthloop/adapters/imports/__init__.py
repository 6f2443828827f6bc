"""Files that people bring: texts of real users, documents, recorded conversations."""
