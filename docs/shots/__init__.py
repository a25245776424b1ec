"""What gallery.py photographs: the shop, its pages and the walks to them."""
