// What the bundler puts in the place of `neuro:library`: the standard library by path, and the examples by name.
declare module "neuro:library" {
  export const library: Readonly<Record<string, string>>;
  export const examples: readonly { readonly name: string; readonly title: string; readonly text: string }[];
  export const version: string;
}
declare module "*.css";
declare module "monaco-editor/editor/contrib/*";
