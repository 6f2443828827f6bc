"""Files that other tools read: JSON Lines and Parquet."""
