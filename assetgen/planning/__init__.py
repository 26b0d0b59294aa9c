"""From a document to a plan, and from a plan to a survey. Pure but for what it is given."""
