"""Who answers, when, and with which prompt."""
