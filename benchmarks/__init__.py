"""What Marketry costs, measured beside bare parts in one run; figures are ratios first, since machines are noisy."""
