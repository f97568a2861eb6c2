"""Reading submitted applications and deciding on them."""
