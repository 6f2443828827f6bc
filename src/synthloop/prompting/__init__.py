"""How stages talk to models: prompts from files, and structured answers read, checked and asked for again."""
