"""People on the screens: choosing one, their rows, their facts, what happened with them."""
