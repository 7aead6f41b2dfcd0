// A tab that opens with the click, as browsers want it, and gets its address when that is known.

// Opens what `address` resolves to; the tab is closed again where it fails.
export async function inTab(address) {
  const tab = window.open("", "_blank");
  if (tab) tab.opener = null;
  try {
    const found = await address();
    if (tab) tab.location = found;
  } catch (error) {
    tab?.close();
    throw error;
  }
}
