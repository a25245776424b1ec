"""Alipay: an own small client of its open platform, with keys or certificates, and the way to pay that stands on it."""
