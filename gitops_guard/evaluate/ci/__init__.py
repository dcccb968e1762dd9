"""Files of CI systems, build tools and scripts -> the commands they run: one file for each system."""
