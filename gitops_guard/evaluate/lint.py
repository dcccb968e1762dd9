"""x"""
class World:
    def __init__(self, b): pass
    def add(self, *a): pass
def examine(*a): return []
def names_of(tree): 
    return [ (r.get("Spec") or {}).get("head") and next(iter(r["Spec"]["head"].values()))["refr"].get("Var",{}).get("value","") for r in tree["ast"]["rules"] if "Spec" in r]
def rules_of(tree):
    out=[]
    for r in tree["ast"]["rules"]:
        if "Spec" in r:
            ref=next(iter(r["Spec"]["head"].values()))["refr"]
            out.append((ref.get("Var",{}).get("value",""), r["Spec"]["span"]["line"]))
    return out
