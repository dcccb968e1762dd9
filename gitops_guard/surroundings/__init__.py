"""What policies are told beyond the object itself: a side of a repository goes in, facts come out, as data for `input`.

Who deploys an object and who owns its folder, what is encrypted or renamed on the way, what is read from elsewhere, what staging
ran in history, and how a change treats the guard itself. The decisions are in the policies.
"""
