"""The practice agency: services whose flaws are planted and declared, to practise on and to check the lab with."""
