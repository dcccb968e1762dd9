"""Two sides of a repository -> what a merge creates, changes and deletes, and what guards it."""
