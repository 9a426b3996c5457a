package provider

// acrURIs names each level in acr_values_supported, in acr and in a client's least assurance.
var acrURIs = map[Level]string{
	AAL1:    "urn:gatehouse:acr:aal1",
	TwoStep: "urn:gatehouse:acr:two-step",
	AAL2:    "urn:gatehouse:acr:aal2",
	PHR:     "urn:gatehouse:acr:phr",
}

var levelNames = map[string]Level{"aal1": AAL1, "two-step": TwoStep, "aal2": AAL2, "phr": PHR}

// ACRs lists what acr_values_supported names, lowest first, then phr as OpenID's EAP profile names it.
func ACRs() []string {
	return []string{acrURIs[AAL1], acrURIs[TwoStep], acrURIs[AAL2], acrURIs[PHR], "phr"}
}

// ACR is the URI of a level; "" for NoLevel.
func (l Level) ACR() string { return acrURIs[l] }

// String is the short name of a level: aal1, two-step, aal2, phr.
func (l Level) String() string {
	for name, level := range levelNames {
		if level == l {
			return name
		}
	}
	return "none"
}

// ParseLevel reads a level from its URI, its short name, or OpenID's phr and phrh. We cannot tell whether a passkey
// lives in hardware: phrh is accepted as a wish and answered with phr.
func ParseLevel(s string) (Level, bool) {
	if s == "phrh" {
		return PHR, true
	}
	if l, ok := levelNames[s]; ok {
		return l, true
	}
	for l, uri := range acrURIs {
		if s == uri {
			return l, true
		}
	}
	return NoLevel, false
}

// LeastOf is the lowest level that any of the acr_values names, since one of them is enough (OIDC Core 3.1.2.1).
// Values that we do not know are passed over.
func LeastOf(acrValues []string) Level {
	least := NoLevel
	for _, v := range acrValues {
		if l, ok := ParseLevel(v); ok && (least == NoLevel || l < least) {
			least = l
		}
	}
	return least
}

// AnswerACR is the acr claim: of the values asked for, the one that names the highest level reached; if none was asked
// for or reached, the level itself.
func AnswerACR(asked []string, reached Level) string {
	best, answer := NoLevel, reached.ACR()
	for _, v := range asked {
		if v == "phrh" {
			v = "phr"
		}
		l, ok := ParseLevel(v)
		if ok && l <= reached && l > best {
			best, answer = l, v
		}
	}
	return answer
}
