/** Three pages to ask about, for a folder that has none. */

export const sample: Readonly<Record<string, string>> = {
  "green-tea.md": `# Green tea

Green tea is made of leaves that are heated soon after they are picked, so that they stay green.
Steep it at 75 degrees for two minutes; hotter water makes it bitter.
The same leaves may be steeped three times, each time half a minute longer.
`,
  "black-tea.md": `# Black tea

Black tea is made of leaves that are rolled and left in the air until they turn dark.
Steep it in boiling water for four minutes.
Assam is strong and goes well with milk, Darjeeling is light and is drunk without.
`,
  "keeping-tea.md": `# Keeping tea

Tea keeps best in a tin, away from light, warmth and strong smells.
Green tea loses its taste within a year, black tea within two.
Do not keep tea in a refrigerator: it takes up moisture when the tin is opened.
`,
};
