package passkey

import "encoding/hex"

// providerName is how the maker of an AAGUID calls itself; "" where it is not known here. An AAGUID without an attestation is a
// claim: a name for people to tell their passkeys apart by, and nothing to decide on.
func providerName(aaguid []byte) string {
	switch hex.EncodeToString(aaguid) {
	case "fbfc3007154e4ecc8c0b6e020557d7bd", "dd4ec289e01d41c9bb8970fa845d4bf2":
		return "Apple Passwords"
	case "ea9b8d664d011d213ce4b6b48cb575d4":
		return "Google Password Manager"
	case "08987058cadc4b81b6e130de50dcbe96", "9ddd1817af5a4672a2b93e3dd95000a9", "6028b017b1d44c02b4b3afcdafc96bb2":
		return "Windows Hello"
	case "d345266801fd4c12926c83a4204853aa":
		return "Microsoft Password Manager"
	case "53414d53554e47000000000000000000":
		return "Samsung Pass"
	case "adce000235bcc60a648b0b25f1f05503":
		return "Chrome on Mac"
	case "771b48fdd3d44f749232fc157ab0507a":
		return "Edge on Mac"
	case "b53976664885aa6bcebfe52262a439a2":
		return "Chromium"
	case "bada5566a7aa401fbd9645619a55120d":
		return "1Password"
	case "d548826e79b4db40a3d811116f7e8349":
		return "Bitwarden"
	case "531126d6e717415c93203d9aa6981239":
		return "Dashlane"
	case "b84e404815dc4dd08640f4f60813c8af":
		return "NordPass"
	case "0ea242b443c44a1b8b17dd6d0b6baec6":
		return "Keeper"
	case "b78a0a556ef8d246a042ba0f6d55050c":
		return "LastPass"
	case "50726f746f6e5061737350726f746f6e":
		return "Proton Pass"
	case "f38095407f1449c1a8b38f813b225541":
		return "Enpass"
	case "fdb141b25d84443e8a354698c205a502":
		return "KeePassXC"
	case "eaecdef21c3156348639f1cbd9c00a08":
		return "KeePassDX"
	case "a10c6dd9465e42268198c7c44b91c555":
		return "Kaspersky Password Manager"
	case "fa37f553f9b64adbac538bbb57ebdf0d":
		return "Norton Password Manager"
	default:
		return ""
	}
}
