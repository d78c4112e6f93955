"""What to edit so that a finding goes away."""
